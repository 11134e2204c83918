/* Points in the plane, one a member or a sample: what the map and the scatter share. */

/** Makes a drawing of points react: `points` are {x, y, id, texts} in its units. Returns nothing.
 */
function pointAtPoints(svg, points, mark) {
    const nearest = (px, py, reach) => {
        let best = null;
        let distance = reach * reach;
        for (const point of points) {
            const far = (point.x - px) ** 2 + (point.y - py) ** 2;
            if (far < distance) {
                distance = far;
                best = point;
            }
        }
        return best;
    };
    follow(svg, (x, y) => nearest(x, y, 26), mark);
    let at = null;
    followKeys(
        svg,
        (dx, dy) => {
            if (Math.abs(dx) === Infinity || !at) {
                at =
                    dx === -Infinity
                        ? points[0]
                        : dx === Infinity
                          ? points.at(-1)
                          : (points.find(
                                (point) => point.id !== undefined && point.id === state.member,
                            ) ?? points[0]);
            } else {
                // The nearest point in the direction of the arrow.
                const ahead = points.filter(
                    (point) => (point.x - at.x) * dx + (point.y - at.y) * dy > 0.5,
                );
                const cost = (point) =>
                    Math.abs((point.x - at.x) * (dx || 2.5)) +
                    Math.abs((point.y - at.y) * (dy || 2.5));
                at = ahead.sort((a, b) => cost(a) - cost(b))[0] ?? at;
            }
            mark(at);
            return at;
        },
        () => mark(null),
    );
}

/** A ring that marks the point that is looked at. */
function ring(svg) {
    const circle = shape("circle", { class: "here", r: 9, visibility: "hidden" });
    svg.append(circle);
    return (point) => {
        circle.setAttribute("visibility", point ? "visible" : "hidden");
        if (point) {
            circle.setAttribute("cx", point.x);
            circle.setAttribute("cy", point.y);
        }
    };
}

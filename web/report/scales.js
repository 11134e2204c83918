/* From values to places: linear, logarithmic, and shares logarithmic in what is missing to 1. */

/** Round numbers, about `count` of them, within [low, high]. */
function linearTicks(low, high, count) {
    const raw = (high - low) / Math.max(1, count);
    if (!(raw > 0)) return [low];
    const power = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 5, 10].find((factor) => factor * power >= raw * 0.999) * power;
    const ticks = [];
    for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++)
        ticks.push(Number((i * step).toPrecision(12)));
    return ticks;
}

function logTicks(low, high, count) {
    const all = (factors) => {
        const ticks = [];
        for (
            let power = Math.floor(Math.log10(low));
            power <= Math.ceil(Math.log10(high));
            power++
        ) {
            for (const factor of factors) {
                const value = Number((factor * 10 ** power).toPrecision(12));
                if (value >= low * 0.999 && value <= high * 1.001) ticks.push(value);
            }
        }
        return ticks;
    };
    for (const factors of [[1], [1, 3], [1, 2, 5]]) {
        const ticks = all(factors);
        if (ticks.length >= Math.max(2, count - 2) && factors.length < 3) return ticks;
        if (factors.length === 3 && ticks.length >= 2)
            return ticks.length > 2 * count ? all([1, 3]) : ticks;
    }
    return linearTicks(low, high, count);
}

/** kind: "linear", "log", or "errors" (shares near 1). Gives at(value) in [from, to], and
 * ticks(count). */
function scale(kind, low, high, from, to) {
    if (kind === "log" && !(low > 0)) kind = "linear";
    if (kind === "errors") {
        const least = Math.max(1 - high, 1e-6);
        const error = scale("log", least, Math.max(1 - low, least * 1.0001), to, from);
        return {
            kind,
            at: (value) => error.at(Math.max(1 - value, least)),
            ticks: (count) => error.ticks(count).map((value) => 1 - value),
        };
    }
    if (low === high) {
        const half = Math.abs(low) * 0.05 || 0.5;
        low -= half;
        high += half;
    }
    const forward = kind === "log" ? Math.log : (value) => value;
    const a = forward(low);
    const b = forward(high);
    return {
        kind,
        low,
        high,
        at: (value) => from + ((forward(value) - a) / (b - a)) * (to - from),
        ticks: (count) => (kind === "log" ? logTicks : linearTicks)(low, high, count),
    };
}

/** Moves labels apart: their heights, in the same order, at least `gap` from each other and within
 * [top, bottom]. */
function spread(heights, gap, top, bottom) {
    const order = range(heights.length).sort((i, j) => heights[i] - heights[j]);
    const places = [...heights];
    let last = top - gap;
    for (const i of order) {
        places[i] = Math.max(places[i], last + gap);
        last = places[i];
    }
    let next = bottom + gap;
    for (const i of order.reverse()) {
        places[i] = Math.min(places[i], next - gap);
        next = places[i];
    }
    return places;
}

/* Made by scripts/make_trigonometry.py; do not edit.
 * Constants of sine, cosine and arctangent. */
// clang-format off
#ifndef AANN_CORE_TRIGONOMETRY_TABLES_H
#define AANN_CORE_TRIGONOMETRY_TABLES_H

#include <stdint.h>

/* sin x = x + x^3 (a + b t + c t^2) with t = x^2, for |x| up to pi/4. */
static const double single_sine[3] = {
    -0x1.555545995a603p-3, 0x1.1107605230be6p-7, -0x1.994eb3774daebp-13,
};

/* cos x = 1 + t (a + b t + c t^2 + d t^3) with t = x^2, for |x| up to pi/4. */
static const double single_cosine[4] = {
    -0x1.ffffffd0c621cp-2, 0x1.55553e1068f2dp-5, -0x1.6c087e89a3db8p-10,
    0x1.99343027de200p-16,
};

/* pi/2 in double precision, in two parts that a small integer can multiply exactly. */
static const double single_quarter_turn[2] = {
    0x1.921fb54000000p+0, 0x1.10b4600000000p-30,
};

/* pi/64 in parts of 27 bits each, and the rest. */
static const double step_parts[5] = {
    0x1.921fb54000000p-5, 0x1.10b4610000000p-35, 0x1.a626330000000p-63,
    0x1.45c06e0000000p-91, 0x1.cd129024e088ap-120,
};

/* pi/2 in two doubles. */
static const double quarter_turn[2] = {
    0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54,
};

/* sin(k pi/64) in three parts, the first of 27 bits. */
static const double step_sine[33][3] = {
    {0.0, 0.0, 0.0},
    {0x1.91f65f0000000p-5, 0x1.0dd813e6ed42fp-33, 0x1.54b2b7c517121p-88},
    {0x1.917a6bc000000p-4, 0x1.4da15f0ec7396p-35, 0x1.912977ee71210p-88},
    {0x1.2c8106c000000p-3, 0x1.47309d113000ap-30, 0x1.13423c0f83fd0p-83},
    {0x1.8f8b83c000000p-3, 0x1.a6982ad92e646p-33, 0x1.c9f99b09f9ca7p-95},
    {0x1.f19f978000000p-3, 0x1.90af8d57a4221p-30, 0x1.b8974ee4b31abp-83},
    {0x1.294062c000000p-2, 0x1.6acf82d45ae4bp-29, 0x1.4ee7b4d7eea72p-82},
    {0x1.58f9a74000000p-2, 0x1.ab1fdcfe1023fp-30, 0x1.53984eff83e34p-85},
    {0x1.87de2a4000000p-2, 0x1.5754b168d3122p-29, 0x1.854b3dfbb86efp-82},
    {0x1.b5d1008000000p-2, 0x1.e15cc02b66c59p-30, 0x1.cba0c17181804p-84},
    {0x1.e2b5d38000000p-2, 0x1.bd8ec78362474p-36, 0x1.e3420b0f1dad1p-89},
    {0x1.0738798000000p-1, 0x1.22ffed9697fafp-29, 0x1.717f2880abed7p-84},
    {0x1.1c73b38000000p-1, 0x1.ae68c86c97749p-29, 0x1.3fb2ffd5219dfp-82},
    {0x1.30ff7fc000000p-1, 0x1.c2e069c20673bp-30, 0x1.08b590f4b8cd7p-85},
    {0x1.44cf324000000p-1, 0x1.091dd618076a2p-29, 0x1.9fb8d6688d371p-82},
    {0x1.57d6934000000p-1, 0x1.19d93f4546fb3p-30, 0x1.a8089c1a94c30p-84},
    {0x1.6a09e64000000p-1, 0x1.3f9de6484597dp-28, 0x1.1366ea957d3e4p-81},
    {0x1.7b5df20000000p-1, 0x1.3557d76f0ac85p-28, 0x1.907a946b6ae4ep-83},
    {0x1.8bc8068000000p-1, 0x1.8a8ba05a743dap-28, 0x1.2ecc93399356ap-83},
    {0x1.9b3e044000000p-1, 0x1.f9c3a059e23afp-28, 0x1.8edb8bcd254cfp-83},
    {0x1.a9b6628000000p-1, 0x1.0ea1a3033ec61p-29, 0x1.a2db6b20f9a2dp-82},
    {0x1.b728344000000p-1, 0x1.196e3d90e5833p-29, 0x1.b1929ed21fddbp-83},
    {0x1.c38b2f0000000p-1, 0x1.80bdb0d23e9d1p-29, 0x1.41b97c62c07ffp-83},
    {0x1.ced7af4000000p-1, 0x1.e63b978612512p-32, 0x1.2a53a91525e5ep-85},
    {0x1.d906bcc000000p-1, 0x1.9946a31457e61p-28, 0x1.18d60eb0c0785p-87},
    {0x1.e212104000000p-1, 0x1.ed0dc97f59c49p-30, 0x1.ed9ad94398ac5p-83},
    {0x1.e9f4154000000p-1, 0x1.6316ed2ec163cp-28, 0x1.71fc0edc63158p-82},
    {0x1.f0a7ef8000000p-1, 0x1.c9186b952c7adp-28, 0x1.8d69311123753p-81},
    {0x1.f6297cc000000p-1, 0x1.fbae581562172p-28, 0x1.46c3fa54e45d9p-81},
    {0x1.fa7557c000000p-1, 0x1.84528b50beae6p-28, 0x1.7b2a383b577b4p-81},
    {0x1.fd88da0000000p-1, 0x1.e89292cf04139p-28, 0x1.dfb8e4dd3deb4p-85},
    {0x1.ff621e0000000p-1, 0x1.bcb6bef1d421ep-28, 0x1.1db55eb28a7bap-81},
    {0x1.0000000000000p+0, 0.0, 0.0},
};

/* The bits of 2/pi, from 1/2 on. */
static const uint32_t two_over_pi[40] = {
    0xa2f9836e, 0x4e441529, 0xfc2757d1, 0xf534ddc0, 0xdb629599, 0x3c439041,
    0xfe5163ab, 0xdebbc561, 0xb7246e3a, 0x424dd2e0, 0x06492eea, 0x09d1921c,
    0xfe1deb1c, 0xb129a73e, 0xe88235f5, 0x2ebb4484, 0xe99c7026, 0xb45f7e41,
    0x3991d639, 0x835339f4, 0x9c845f8b, 0xbdf9283b, 0x1ff897ff, 0xde05980f,
    0xef2f118b, 0x5a0a6d1f, 0x6d367ecf, 0x27cb09b7, 0x4f463f66, 0x9e5fea2d,
    0x7527bac7, 0xebe5f17b, 0x3d0739f7, 0x8a5292ea, 0x6bfb5fb1, 0x1f8d5d08,
    0x56033046, 0xfc7b6bab, 0xf0cfbc20, 0x9af4361d,
};

static const double two_over_pi_double = 0x1.45f306dc9c883p-1;

#endif

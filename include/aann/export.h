/* Marks what the library offers: a shared library exports the functions with AANN_API and hides
 * everything else.
 *
 * Every other header includes this one; programs have no need to. On Windows, a program that links
 * the shared library is compiled with AANN_SHARED defined (the CMake package does that). Whoever
 * parses the headers with a tool that knows plain C only can define AANN_API as nothing. */
#ifndef AANN_EXPORT_H
#define AANN_EXPORT_H

#if !defined(AANN_API)
#if defined(_WIN32) && defined(AANN_SHARED)
#if defined(AANN_BUILDING)
#define AANN_API __declspec(dllexport)
#else
#define AANN_API __declspec(dllimport)
#endif
#elif defined(__GNUC__)
#define AANN_API __attribute__((visibility("default")))
#else
#define AANN_API
#endif
#endif

#endif

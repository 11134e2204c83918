/* Marks the public functions: a shared library exports those with AANN_API and hides the rest.
 *
 * Every other header includes this one; programs need not. On Windows, a program that links the
 * shared library must be compiled with AANN_SHARED defined (the CMake package does that). A tool
 * that parses the headers as plain C may define AANN_API as nothing. */
#ifndef AANN_VISIBILITY_H
#define AANN_VISIBILITY_H

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

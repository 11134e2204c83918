# Cross-compiles for 64-bit ARM with Debian's gcc-aarch64-linux-gnu and runs the tests under qemu-user:
#
#     cmake --preset aarch64 && cmake --build --preset aarch64 && ctest --preset aarch64
#
# The preset builds only the folders whose results must be the same on every machine, and needs
#
#     dpkg --add-architecture arm64 && apt-get update
#     apt-get install gcc-aarch64-linux-gnu qemu-user-static libxxhash-dev:arm64 libcmocka-dev:arm64
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
# Without -L: the loader must be of the same package as the C library, libc6:arm64. The loader of the cross compiler's
# own folder is another version, with which programs hang when they start a thread.
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64-static)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
set(ENV{PKG_CONFIG_LIBDIR} /usr/lib/aarch64-linux-gnu/pkgconfig:/usr/share/pkgconfig)
set(ENV{PKG_CONFIG_PATH} "")

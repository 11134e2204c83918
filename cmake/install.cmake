# cmake --install: library, headers, program, man page, and what other projects need to find the library, through
# pkg-config (aann.pc) or CMake (find_package(aann), target aann::aann).

include(CMakePackageConfigHelpers)

get_target_property(AANN_MODULES aann AANN_MODULES)
list(JOIN AANN_MODULES " " AANN_PC_REQUIRES)
get_target_property(aann_type aann TYPE)
if(aann_type STREQUAL "STATIC_LIBRARY")
    set(AANN_IS_STATIC 1)
    # Who links a static library links what it uses, also without pkg-config --static.
    set(AANN_PC_LIBS "-laann -lm -pthread")
else()
    # A shared one brings that along. Its headers include no others, so pkg-config need not find what it uses.
    set(AANN_IS_STATIC 0)
    set(AANN_PC_REQUIRES "")
    set(AANN_PC_LIBS "-laann")
endif()

foreach(part IN ITEMS FILES STUDY PICTURES)
    set(AANN_HAS_${part} 0)
    if(AANN_${part})
        set(AANN_HAS_${part} 1)
    endif()
endforeach()
set(AANN_HAS_PROGRAM 0)
if(TARGET aann_program)
    set(AANN_HAS_PROGRAM 1)
    # Wherever the tree is put, the program finds the library beside it.
    file(RELATIVE_PATH aann_bin_to_lib /${CMAKE_INSTALL_BINDIR} /${CMAKE_INSTALL_LIBDIR})
    set_target_properties(aann_program PROPERTIES INSTALL_RPATH "$ORIGIN/${aann_bin_to_lib}")
endif()

# Relative to where the file lies, so that `cmake --install --prefix` and moved trees stay right.
file(RELATIVE_PATH AANN_PC_UP /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" AANN_PC_UP "${AANN_PC_UP}")
configure_file(${PROJECT_SOURCE_DIR}/cmake/aann.pc.in ${PROJECT_BINARY_DIR}/aann.pc @ONLY)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/aannConfig.cmake.in
    ${PROJECT_BINARY_DIR}/aannConfig.cmake
    INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/aann)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/aannConfigVersion.cmake
    COMPATIBILITY SameMinorVersion)

install(TARGETS aann EXPORT aannTargets
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT aannTargets NAMESPACE aann:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/aann)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/aann DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
    FILES_MATCHING PATTERN "*.h")
install(FILES ${PROJECT_BINARY_DIR}/aann.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(FILES ${PROJECT_BINARY_DIR}/aannConfig.cmake ${PROJECT_BINARY_DIR}/aannConfigVersion.cmake
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/aann)
if(AANN_HAS_PROGRAM)
    install(TARGETS aann_program RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
    if(TARGET aann_mpi_program)
        install(TARGETS aann_mpi_program RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
    endif()
    install(DIRECTORY ${PROJECT_SOURCE_DIR}/gallery DESTINATION ${CMAKE_INSTALL_DATADIR}/aann)
    install(FILES ${PROJECT_SOURCE_DIR}/docs/man/aann.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
endif()
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

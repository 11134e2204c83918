# The library: one libaann from every folder of src/ but cli, static or (-DBUILD_SHARED_LIBS=ON) shared.
#
# aann           what users link: aann::aann
# aann_objects   its objects, without the kernels (kernels.cmake adds those)
# aann_inside    what tests link, since they also call internal functions: the library itself if it is static, else
#                a static copy of it, because a shared library hides them

# Folders that are built. The core needs libc and libm only.
set(AANN_FOLDERS core network samples engine model search manifold car drive geometry export)
foreach(part IN ITEMS "FILES data" "STUDY study family report distributed" "PICTURES picture")
    string(REPLACE " " ";" folders ${part})
    list(POP_FRONT folders switch)
    if(AANN_${switch})
        list(APPEND AANN_FOLDERS ${folders})
    endif()
endforeach()
set(library_folders ${AANN_FOLDERS})
if(AANN_PROGRAM AND AANN_FILES AND AANN_STUDY AND AANN_PICTURES)
    list(APPEND AANN_FOLDERS cli)
endif()

set(library_sources)
foreach(folder IN LISTS library_folders)
    file(GLOB folder_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${folder}/*.c)
    list(APPEND library_sources ${folder_sources})
endforeach()

if(AANN_STUDY AND NOT AANN_FILES)
    # A family knows data sets by name; a stand-in says that files cannot be loaded.
    list(APPEND library_sources ${PROJECT_SOURCE_DIR}/src/data/catalog.c ${PROJECT_SOURCE_DIR}/src/data/absent/files.c)
endif()

# Only aann_features wants to know; everything else is the same in every build.
foreach(switch IN ITEMS FILES STUDY PICTURES)
    if(AANN_${switch})
        set_property(SOURCE ${PROJECT_SOURCE_DIR}/src/core/version.c APPEND PROPERTY
            COMPILE_DEFINITIONS AANN_HAVE_${switch}=1)
    endif()
endforeach()

if(AANN_STUDY)
    # The page of the report: web/report as C.
    set(report_page ${CMAKE_CURRENT_BINARY_DIR}/report_page.c)
    set(report_web ${PROJECT_SOURCE_DIR}/web/report)
    file(STRINGS ${report_web}/parts.txt report_parts)
    list(TRANSFORM report_parts PREPEND ${report_web}/)
    add_custom_command(OUTPUT ${report_page}
        COMMAND ${CMAKE_COMMAND} -DFOLDER=${report_web} -DOUTPUT=${report_page}
            -P ${PROJECT_SOURCE_DIR}/cmake/embed_page.cmake
        DEPENDS ${PROJECT_SOURCE_DIR}/cmake/embed_page.cmake ${report_web}/parts.txt ${report_web}/template.html
            ${report_parts}
        COMMENT "Joining the page of the report")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${report_web}/parts.txt)
    list(APPEND library_sources ${report_page})
endif()

add_library(aann_objects OBJECT ${library_sources})
aann_library_settings(aann_objects)
aann_add_kernels(aann_objects kernel_objects)
aann_link_dependencies(aann_objects ${library_folders})

function(aann_add_library name kind)
    add_library(${name} ${kind} $<TARGET_OBJECTS:aann_objects> ${kernel_objects})
    set_target_properties(${name} PROPERTIES LINKER_LANGUAGE C)
    target_include_directories(${name} INTERFACE
        $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
    aann_link_dependencies(${name} ${library_folders})
endfunction()

# While the major version is 0, a minor version may break programs: the shared library's name says so, and
# the CMake package (install.cmake) too.
aann_add_library(aann "")
set_target_properties(aann PROPERTIES VERSION ${PROJECT_VERSION}
    SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
add_library(aann::aann ALIAS aann)
get_target_property(aann_type aann TYPE)
if(aann_type STREQUAL "SHARED_LIBRARY")
    target_compile_definitions(aann_objects PRIVATE AANN_SHARED AANN_BUILDING)
    target_compile_definitions(aann INTERFACE AANN_SHARED)
    if(NOT AANN_SANITIZE AND CMAKE_SYSTEM_NAME STREQUAL "Linux")
        target_link_options(aann PRIVATE -Wl,-z,defs)
    endif()
    if(AANN_BUILD_TESTS)
        aann_add_library(aann_inside STATIC)
    endif()
else()
    add_library(aann_inside ALIAS aann)
endif()

# Joins the parts of the report's page (web/report) and writes them as C: two arrays, the page before its data and
# after them. Run as a script, so that it needs CMake alone:
#
#     cmake -DFOLDER=web/report -DOUTPUT=page.c -P cmake/embed_page.cmake
#
# parts.txt lists the parts, one name a line; those in .css replace the mark /*AANN-STYLE*/ of template.html, those
# in .js the mark /*AANN-SCRIPT*/. web/report/preview.py joins in the same way.

file(STRINGS ${FOLDER}/parts.txt parts)
set(style)
set(script)
foreach(part IN LISTS parts)
    file(READ ${FOLDER}/${part} text)
    if(part MATCHES "\\.css$")
        string(APPEND style "${text}\n")
    elseif(part MATCHES "\\.js$")
        string(APPEND script "${text}\n")
    else()
        message(FATAL_ERROR "${FOLDER}/parts.txt: ${part}: expected a name that ends in .css or .js")
    endif()
endforeach()

# Replaces a mark in the page, which must be there once.
function(fill_in mark text)
    string(FIND "${page}" "${mark}" first)
    string(FIND "${page}" "${mark}" last REVERSE)
    if(first LESS 0 OR NOT first EQUAL last)
        message(FATAL_ERROR "${FOLDER}/template.html: the mark ${mark} must be there once")
    endif()
    string(REPLACE "${mark}" "${text}" filled "${page}")
    set(page "${filled}" PARENT_SCOPE)
endfunction()

file(READ ${FOLDER}/template.html page)
fill_in("/*AANN-STYLE*/" "${style}")
fill_in("/*AANN-SCRIPT*/" "${script}")

set(mark "<!--AANN-DATA-->")
string(FIND "${page}" "${mark}" first)
string(FIND "${page}" "${mark}" last REVERSE)
if(first LESS 0 OR NOT first EQUAL last)
    message(FATAL_ERROR "${FOLDER}: the mark ${mark} must be there once")
endif()
string(LENGTH "${mark}" length)
math(EXPR rest "${first} + ${length}")
string(SUBSTRING "${page}" 0 ${first} before)
string(SUBSTRING "${page}" ${rest} -1 after)

# The bytes of a text, 32 a line.
function(add_array name text)
    file(WRITE ${OUTPUT}.part "${text}")
    file(READ ${OUTPUT}.part digits HEX)
    file(REMOVE ${OUTPUT}.part)
    string(LENGTH "${digits}" count)
    math(EXPR count "${count} / 2")
    string(REGEX REPLACE "(................................................................)" "\\1\n" digits
        "${digits}")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," digits "${digits}")
    set(source "${source}\nconst size_t ${name}_size = ${count};\nconst unsigned char ${name}[] = {\n${digits}\n};\n"
        PARENT_SCOPE)
endfunction()

set(source "/* Made by cmake/embed_page.cmake from web/report. */\n#include \"report/page.h\"\n")
add_array(aann_page_before "${before}")
add_array(aann_page_after "${after}")
file(WRITE ${OUTPUT} "${source}")

# The library as other programs link it: one archive of all floors below the
# faces, the public headers, a CMake package and a file for pkg-config.
set(archive ${CMAKE_CURRENT_BINARY_DIR}/libsegue.a)
set(members
    wiring engine planner backfill ledger throttle checks ops planning sqlite
    postgres db plan schema base)
set(script "create ${archive}\n")
set(targets)
foreach(member IN LISTS members)
  string(APPEND script "addlib $<TARGET_FILE:segue_${member}>\n")
  list(APPEND targets segue_${member})
endforeach()
file(GENERATE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/libsegue.mri
     CONTENT "${script}save\nend\n")
add_custom_command(
  OUTPUT ${archive}
  COMMAND ${CMAKE_COMMAND} -E rm -f ${archive}
  COMMAND ${CMAKE_AR} -M < ${CMAKE_CURRENT_BINARY_DIR}/libsegue.mri
  DEPENDS ${targets} VERBATIM)
add_custom_target(segue_archive ALL DEPENDS ${archive})

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/segue)
include(CMakePackageConfigHelpers)
configure_package_config_file(
  cmake/segue-config.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/segue-config.cmake
  INSTALL_DESTINATION ${package}
  PATH_VARS CMAKE_INSTALL_LIBDIR CMAKE_INSTALL_INCLUDEDIR)
write_basic_package_version_file(
  ${CMAKE_CURRENT_BINARY_DIR}/segue-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/segue-config.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/segue-config-version.cmake
        DESTINATION ${package})
install(FILES ${archive} DESTINATION ${CMAKE_INSTALL_LIBDIR})

configure_file(cmake/segue.pc.in segue.pc.configured @ONLY)
# The prefix is known when it is installed.
install(CODE "
  file(READ \"${CMAKE_CURRENT_BINARY_DIR}/segue.pc.configured\" text)
  get_filename_component(prefix \"\${CMAKE_INSTALL_PREFIX}\" ABSOLUTE)
  string(REPLACE PREFIX_WHERE_IT_IS_INSTALLED \"\${prefix}\" text \"\${text}\")
  file(WRITE \"${CMAKE_CURRENT_BINARY_DIR}/segue.pc\" \"\${text}\")")
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/segue.pc
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

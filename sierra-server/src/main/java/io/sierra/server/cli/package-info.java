/** The command line: starting the server, importing and exporting events. */
@NullMarked
package io.sierra.server.cli;

import org.jspecify.annotations.NullMarked;

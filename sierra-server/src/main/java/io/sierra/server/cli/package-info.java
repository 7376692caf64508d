/** The program: the server as its command line starts it, and the subcommands put together. */
@NullMarked
package io.sierra.server.cli;

import org.jspecify.annotations.NullMarked;

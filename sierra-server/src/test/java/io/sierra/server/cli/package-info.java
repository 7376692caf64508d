/** Tests of the command line. */
@NullMarked
package io.sierra.server.cli;

import org.jspecify.annotations.NullMarked;

/** From arguments to commands, and the table that tells clients which commands there are. */
@NullMarked
package io.sierra.server.command;

import org.jspecify.annotations.NullMarked;

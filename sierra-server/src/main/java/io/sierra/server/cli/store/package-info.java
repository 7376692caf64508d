/** Subcommands on the files of a store: check, back up, repair, look inside. */
@NullMarked
package io.sierra.server.cli.store;

import org.jspecify.annotations.NullMarked;

/** Tests of the subcommands on the files of a store. */
@NullMarked
package io.sierra.server.cli.store;

import org.jspecify.annotations.NullMarked;

/** Import and export: subcommands that are clients of a server. */
@NullMarked
package io.sierra.server.cli.transfer;

import org.jspecify.annotations.NullMarked;

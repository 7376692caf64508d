/** What the subcommands have in common. */
@NullMarked
package io.sierra.server.cli.tool;

import org.jspecify.annotations.NullMarked;

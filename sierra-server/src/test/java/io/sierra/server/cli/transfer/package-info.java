/** Tests of import and export. */
@NullMarked
package io.sierra.server.cli.transfer;

import org.jspecify.annotations.NullMarked;

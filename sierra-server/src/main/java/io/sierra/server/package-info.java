/** The server: what runs when all the modules are put together. */
@NullMarked
package io.sierra.server;

import org.jspecify.annotations.NullMarked;

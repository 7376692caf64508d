/** The server as its users meet it: over the real store, as a process, and through real clients. */
@NullMarked
package io.sierra.server.e2e;

import org.jspecify.annotations.NullMarked;

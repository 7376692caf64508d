/** What the server counts and what it tells of itself through {@code INFO}. */
@NullMarked
package io.sierra.server.info;

import org.jspecify.annotations.NullMarked;

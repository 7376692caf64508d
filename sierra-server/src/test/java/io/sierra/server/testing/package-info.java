/** What tests of the server share: a node in memory and a client that sees bytes. */
@NullMarked
package io.sierra.server.testing;

import org.jspecify.annotations.NullMarked;

/** Clients that put load on a server and measure what comes back; {@code bench/*.sh} start them. */
@NullMarked
package io.sierra.bench.load;

import org.jspecify.annotations.NullMarked;

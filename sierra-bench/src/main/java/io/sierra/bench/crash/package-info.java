/**
 * Puts a real server through what kills real servers and checks that nothing acknowledged is lost;
 * {@code bin/crash-test} starts it. Everything here is outside of the server's process and knows of
 * it what a client and an operator know.
 */
@NullMarked
package io.sierra.bench.crash;

import org.jspecify.annotations.NullMarked;

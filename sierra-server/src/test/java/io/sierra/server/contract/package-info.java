/** The wire contract, checked byte by byte through a socket. */
@NullMarked
package io.sierra.server.contract;

import org.jspecify.annotations.NullMarked;

/** The Redis protocol: requests from bytes, replies to bytes, and the texts of errors. */
@NullMarked
package io.sierra.server.resp;

import org.jspecify.annotations.NullMarked;

/** What a writer expects of a stream, and what the stream has. */
@NullMarked
package io.sierra.protocol.version;

import org.jspecify.annotations.NullMarked;

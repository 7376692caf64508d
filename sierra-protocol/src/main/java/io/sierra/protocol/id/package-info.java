/**
 * Identifiers and the way from one to the next: stream id, default partition key, 16-bit hash,
 * partition, bucket.
 */
@NullMarked
package io.sierra.protocol.id;

import org.jspecify.annotations.NullMarked;

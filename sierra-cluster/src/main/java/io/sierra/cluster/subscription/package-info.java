/**
 * From watermark to subscriber: reads the log from any position, follows it at its end, at the pace
 * of the one who reads.
 */
@NullMarked
package io.sierra.cluster.subscription;

import org.jspecify.annotations.NullMarked;

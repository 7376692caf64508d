/** The protocol of one partition: no clock, no I/O, no thread. */
@NullMarked
package io.sierra.cluster.partition;

import org.jspecify.annotations.NullMarked;

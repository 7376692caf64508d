/**
 * From watermark to subscriber: subscriptions and long polls read the log from any position and
 * follow it at its end, at the pace of the one who reads.
 */
@NullMarked
package io.sierra.cluster.subscription;

import org.jspecify.annotations.NullMarked;

/** The threads that own buckets: mailbox, duty cycle, group commit. */
@NullMarked
package io.sierra.cluster.agent;

import org.jspecify.annotations.NullMarked;

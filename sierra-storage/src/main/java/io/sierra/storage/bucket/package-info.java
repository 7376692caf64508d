/**
 * A bucket: the partitions that share segment files and a writer. Appends, roll-over and recovery.
 */
@NullMarked
package io.sierra.storage.bucket;

import org.jspecify.annotations.NullMarked;

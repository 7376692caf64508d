/**
 * Puts the bytes of a backup in the place of damaged ones, in a store that is stopped, and takes
 * partitions back into service that are whole again.
 */
@NullMarked
package io.sierra.storage.repair;

import org.jspecify.annotations.NullMarked;

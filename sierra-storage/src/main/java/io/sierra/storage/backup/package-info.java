/**
 * Copies of a store: cuts in time that share segment files, and how a store is made of one. Only
 * the log is copied; indexes are made again from it.
 */
@NullMarked
package io.sierra.storage.backup;

import org.jspecify.annotations.NullMarked;

/**
 * The log on disk: segment files and the frames in them. One class per structure; nobody else knows
 * an offset.
 */
@NullMarked
package io.sierra.storage.segment;

import org.jspecify.annotations.NullMarked;

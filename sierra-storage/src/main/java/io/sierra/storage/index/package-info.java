/** Where events are: the open segment's index in memory, those of sealed segments in files. */
@NullMarked
package io.sierra.storage.index;

import org.jspecify.annotations.NullMarked;

/** Tests of the indexes. */
@NullMarked
package io.sierra.storage.index;

import org.jspecify.annotations.NullMarked;

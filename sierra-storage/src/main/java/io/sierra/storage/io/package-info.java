/** The seam to files: {@link io.sierra.storage.io.Device} and the real one. */
@NullMarked
package io.sierra.storage.io;

import org.jspecify.annotations.NullMarked;

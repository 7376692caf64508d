/** The storage engine: a store of events in segment files, usable on its own. */
@NullMarked
package io.sierra.storage;

import org.jspecify.annotations.NullMarked;

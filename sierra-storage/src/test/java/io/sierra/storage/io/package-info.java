/** Devices for tests: one that forgets what was not synced, and one that fails on demand. */
@NullMarked
package io.sierra.storage.io;

import org.jspecify.annotations.NullMarked;

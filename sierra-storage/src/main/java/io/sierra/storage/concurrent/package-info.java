/** Who may touch what: owners of state and what they publish to other threads. */
@NullMarked
package io.sierra.storage.concurrent;

import org.jspecify.annotations.NullMarked;

/** Readers of confirmed events. They never write and take no lock that a writer takes. */
@NullMarked
package io.sierra.storage.read;

import org.jspecify.annotations.NullMarked;

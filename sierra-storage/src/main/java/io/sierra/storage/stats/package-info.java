/**
 * What is in a store and how large it is, without opening it: what {@code sierradb stats} tells.
 */
@NullMarked
package io.sierra.storage.stats;

import org.jspecify.annotations.NullMarked;

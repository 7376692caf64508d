/** Tests of the settings. */
@NullMarked
package io.sierra.server.config;

import org.jspecify.annotations.NullMarked;

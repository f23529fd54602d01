/** The whole platform in a process of its own, used through real clients. One class a promise. */
@NullMarked
package io.kappa.platform;

import org.jspecify.annotations.NullMarked;

/**
 * Extensions of functions: who has registered, what each waits for, and what it is told. The doors are {@code ExtensionRoster}, which
 * decides, and {@code ExtensionApi}, which speaks HTTP with them.
 */
@NullMarked
package io.kappa.worker.extension;

import org.jspecify.annotations.NullMarked;

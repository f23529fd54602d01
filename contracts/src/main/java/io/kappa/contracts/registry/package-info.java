/** The state of all functions as records, and the view that every service keeps of them. The door is {@code RegistryView}. */
@NullMarked
package io.kappa.contracts.registry;

import org.jspecify.annotations.NullMarked;

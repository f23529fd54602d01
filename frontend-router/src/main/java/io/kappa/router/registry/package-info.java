/** The function registry: commands are decided by one owner, recorded, and only then applied. The door is {@code Registry}. */
@NullMarked
package io.kappa.router.registry;

import org.jspecify.annotations.NullMarked;

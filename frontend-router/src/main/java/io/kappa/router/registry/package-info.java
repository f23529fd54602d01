/** The function registry: commands are decided by one owner, recorded, and only then applied. The doors are {@code Registry} and {@code KafkaRegistry}. */
@NullMarked
package io.kappa.router.registry;

import org.jspecify.annotations.NullMarked;

/**
 * Application Auto Scaling's API, as far as it is about provisioned concurrency, in JSON 1.1. The doors are {@code AutoScalingApi},
 * {@code AutoScalingOperation} and {@code AutoScalingErrors}.
 */
@NullMarked
package io.kappa.router.autoscaling.api;

import org.jspecify.annotations.NullMarked;

variable "region" {
  description = "Where the cluster stands: eu-1 (production) or eu-2 (standby)."
  type        = string

  validation {
    condition     = contains(["eu-1", "eu-2"], var.region)
    error_message = "The region is eu-1 or eu-2."
  }
}

variable "zones" {
  description = "The availability zones that the nodes are spread over."
  type        = list(string)
  default     = ["a", "b", "c"]
}

variable "nodes_per_zone" {
  description = "Nodes at rest and at most, in each zone."
  type        = object({ min = number, max = number })
  default     = { min = 2, max = 6 }
}

variable "node_flavor" {
  description = "8 cores, 32 GiB."
  type        = string
  default     = "general.8c32g"
}

variable "kubernetes_version" {
  description = "The cluster's version."
  type        = string
  default     = "v1.33.4"
}

variable "edge_address" {
  description = "The public address of the edge, which terminates TLS and hands requests to the gateway."
  type        = string
}

variable "serves_public" {
  description = "Whether the public name points here. Exactly one region says yes; region loss turns it round."
  type        = bool
}

terraform {
  required_version = ">= 1.9"

  required_providers {
    openstack = {
      source  = "terraform-provider-openstack/openstack"
      version = "~> 3.0"
    }
  }

  # The state is in the platform's own bucket: terraform init -backend-config=<region>.backend
  backend "s3" {}
}

provider "openstack" {
  region = var.region
}

variable "TAG" { default = "1" }
group "default" { targets = ["orders"] }
target "orders" {
  context = "services/orders"
  tags    = ["example/orders:${TAG}"]
}

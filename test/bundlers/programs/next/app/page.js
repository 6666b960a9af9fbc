export default function Page() {
  return <p>A login</p>;
}
